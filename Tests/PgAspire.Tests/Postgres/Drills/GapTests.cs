using CsCheck;
using PgAspire.Postgres.Drills;

namespace PgAspire.Tests.Postgres.Drills;

public sealed class GapTests
{
    [Fact]
    public void TheGapThatTheFaultFellIntoCounts() => Assert.Equal(new Gap(20, 90), Gap.Longest([10, 20, 90, 95], fault: 30, end: 100));

    [Fact]
    public void ALongerGapBeforeTheFaultDoesNotCount() => Assert.Equal(new Gap(50, 70), Gap.Longest([0, 40, 50, 70, 75], fault: 55, end: 80));

    [Fact]
    public void WhatCameAfterTheFaultAtFirstDoesNotEndTheOutage() => Assert.Equal(new Gap(32, 90), Gap.Longest([10, 20, 31, 32, 90], fault: 30, end: 91));

    [Fact]
    public void AnOutageThatNeverEndsLastsToTheEnd() => Assert.Equal(new Gap(20, 100), Gap.Longest([10, 20], fault: 30, end: 100));

    [Fact]
    public void WithoutAnySuccessItLastsFromTheFault() => Assert.Equal(new Gap(30, 100), Gap.Longest([], fault: 30, end: 100));

    [Fact]
    public void ItEndsAfterTheFaultAndNoOtherSuchIsLonger() => Gen.Select(Gen.Long[0, 1000].Array[0, 40], Gen.Long[0, 1000]).Sample((successes, fault) =>
    {
        var gap = Gap.Longest(successes, fault, end: 1001);
        var marks = successes.Append(1001).Distinct().Order().ToList();
        return gap.To > fault && marks.Where((mark, index) => mark > fault && index > 0).All(mark => mark - marks[marks.IndexOf(mark) - 1] <= gap.To - gap.From);
    });
}
