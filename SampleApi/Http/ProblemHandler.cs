using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using PgAspire.SampleApi.Clusters;

namespace PgAspire.SampleApi.Http;

/// <summary>Answers what is the client's fault with 4xx and a cluster that is away with 503, as problem details (RFC 9457).</summary>
internal sealed class ProblemHandler(IProblemDetailsService problems) : IExceptionHandler
{
    private const int RetryAfterSeconds = 1;

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        var problem = new ProblemDetailsContext { HttpContext = context };
        switch (exception)
        {
            case BadHttpRequestException bad:
                problem.ProblemDetails.Status = bad.StatusCode;
                problem.ProblemDetails.Detail = bad.InnerException is JsonException json
                    ? $"The body is not the JSON that is expected here; see {json.Path}." : bad.Message;
                break;
            case ClusterUnavailableException unavailable:
                context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
                problem.ProblemDetails.Status = StatusCodes.Status503ServiceUnavailable;
                problem.ProblemDetails.Title = "Cluster unavailable";
                problem.ProblemDetails.Detail = unavailable.Message;
                problem.ProblemDetails.Extensions["clusters"] = unavailable.Clusters;
                break;
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return true;
            default:
                return false;
        }

        context.Response.StatusCode = problem.ProblemDetails.Status.Value;
        await problems.WriteAsync(problem);
        return true;
    }
}
