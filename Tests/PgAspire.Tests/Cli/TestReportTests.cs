using System.Xml.Linq;
using PgAspire.Cli.Testing;

namespace PgAspire.Tests.Cli;

/// <summary>What the test command says at its end.</summary>
public sealed class TestReportTests
{
    private const string Report =
        """
        <assemblies>
          <assembly name="One.dll" total="3" passed="1" failed="1" skipped="1" errors="0">
            <collection name="c">
              <test name="One.Fine" result="Pass" />
              <test name="One.Broken(n: 2)" result="Fail"><failure exception-type="E"><message>Expected: 1&#10;Actual: 2</message><stack-trace>   at One.Broken() in One.cs:line 5</stack-trace></failure></test>
            </collection>
          </assembly>
          <assembly name="Two.dll" total="0" passed="0" failed="0" skipped="0" errors="1">
            <errors><error type="test-class-cleanup" name="Two.Fixture"><failure><message>It would not end.</message></failure></error></errors>
          </assembly>
        </assemblies>
        """;

    [Fact]
    public void CountsAndFailuresAreThoseOfTheReport()
    {
        var report = TestReport.Read(XDocument.Parse(Report));
        Assert.Equal((1, 2, 1), (report.Passed, report.Failed, report.Skipped));
        Assert.Equal(["One.Broken(n: 2)", "Two.Fixture"], report.Failures.Select(failure => failure.Name));
        Assert.Equal(
            ["One.Broken(n: 2) [FAIL]", "  Expected: 1", "  Actual: 2", "     at One.Broken() in One.cs:line 5"],
            report.Failures[0].ToString().Split(Environment.NewLine));
    }

    [Fact]
    public void ReportsAreAddedUp()
    {
        var sum = TestReport.Read(XDocument.Parse(Report)) + new TestReport(2, 0, 3, []);
        Assert.Equal((3, 2, 4, 2), (sum.Passed, sum.Failed, sum.Skipped, sum.Failures.Count));
    }
}
