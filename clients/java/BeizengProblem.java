import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/** The service's refusal, read from its application/problem+json (RFC 9457). */
public final class BeizengProblem extends Exception {
    private static final long serialVersionUID = 1L;

    /** One bad value and its place, an RFC 6901 pointer into the body. */
    public static final class Entry {
        public final String pointer;
        public final String code;
        public final String message;

        Entry(JsonNode told) {
            pointer = told.path("pointer").asText();
            code = told.path("code").asText();
            message = told.path("message").asText();
        }
    }

    public final int status;
    /** The stable kind, such as validation_failed: decide by this, never by a text. */
    public final String code;
    /** A short sentence, fit for a toast. */
    public final String title;
    /** What to name when reporting the problem. */
    public final String requestId;
    public final transient List<Entry> errors;

    private BeizengProblem(int status, JsonNode told) {
        super(status + " " + told.path("code").asText() + ": " + told.path("detail").asText());
        this.status = status;
        code = told.path("code").asText();
        title = told.path("title").asText();
        requestId = told.path("request_id").asText();
        errors = new ArrayList<>();
        told.path("errors").forEach(entry -> errors.add(new Entry(entry)));
    }

    /** Throws where what has answered is not the service, such as a gateway's page. */
    static BeizengProblem of(HttpResponse<byte[]> answer, ObjectMapper json) throws IOException {
        String type = answer.headers().firstValue("Content-Type").orElse("");
        if (!type.startsWith("application/problem+json")) {
            throw new IOException(answer.statusCode() + " is no answer of this service: " + type);
        }
        return new BeizengProblem(answer.statusCode(), json.readTree(answer.body()));
    }
}
