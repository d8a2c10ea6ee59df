import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;

/**
 * Calls the service with the JDK's own HTTP client (11 or newer).
 *
 * <p>Reading and deciding may be repeated, so calls that are lost, and answers 429 and 503, are tried again; what
 * writes carries an Idempotency-Key and has one effect. A refusal is a {@link BeizengProblem}.
 */
public final class BeizengClient {
    private static final int ATTEMPTS = 4;
    private static final long FIRST_WAIT_MS = 250;
    private static final long LONGEST_WAIT_MS = 30_000;
    private static final byte[] NOTHING = {};

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();
    private final ObjectMapper json = new ObjectMapper().enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);
    private final String base;
    private final String appId;
    private final String secret;

    /** The id and the secret are null for a service that is open. */
    public BeizengClient(String base, String appId, String secret) {
        this.base = base;
        this.appId = appId;
        this.secret = secret;
    }

    /** An amount or a rate, exactly; null where it is unknown. */
    public static BigDecimal decimal(JsonNode value) {
        return value.isNull() ? null : new BigDecimal(value.asText());
    }

    /** Reads. The target is the path with the query, percent-encoded. */
    public JsonNode get(String target) throws Exception {
        return call("GET", target, NOTHING, null);
    }

    /** Asks for a decision, an amount, a deadline: whatever may be repeated. */
    public JsonNode post(String target, Object body) throws Exception {
        return call("POST", target, json.writeValueAsBytes(body), null);
    }

    /** Posts what has an effect, once. */
    public JsonNode postOnce(String target, Object body) throws Exception {
        return call("POST", target, json.writeValueAsBytes(body), UUID.randomUUID().toString());
    }

    private JsonNode call(String method, String target, byte[] body, String key) throws Exception {
        for (int made = 1; ; made++) {
            long wait = FIRST_WAIT_MS << (made - 1);
            try {
                HttpResponse<byte[]> answer = http.send(
                        request(method, target, body, key), HttpResponse.BodyHandlers.ofByteArray());
                if (answer.statusCode() / 100 == 2) {
                    return json.readTree(answer.body());
                }
                BeizengProblem problem = BeizengProblem.of(answer, json);
                wait = Math.max(wait, retryAfterMs(answer));
                boolean again = problem.status == 429 || problem.status == 503
                        || key != null && problem.code.equals("idempotency_in_progress");
                if (!again || made == ATTEMPTS || wait > LONGEST_WAIT_MS) {
                    throw problem;
                }
            } catch (IOException lost) {
                if (made == ATTEMPTS) {
                    throw lost;
                }
            }
            Thread.sleep(wait);
        }
    }

    /** Each attempt is signed anew: a nonce is used once. */
    private HttpRequest request(String method, String target, byte[] body, String key) throws Exception {
        URI uri = URI.create(base + target);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(15))
                .header("Accept-Language", "zh-CN")
                .method(method, body.length == 0
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(body));
        if (body.length > 0) {
            request.header("Content-Type", "application/json");
        }
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        if (appId != null) {
            String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
            String timestamp = Long.toString(System.currentTimeMillis() / 1000);
            String nonce = UUID.randomUUID().toString();
            request.header("X-App-Id", appId)
                    .header("X-Timestamp", timestamp)
                    .header("X-Nonce", nonce)
                    .header("X-Signature", BeizengSigner.sign(
                            secret, method, uri.getRawPath(), query, body, appId, timestamp, nonce));
        }
        return request.build();
    }

    private static long retryAfterMs(HttpResponse<byte[]> answer) {
        String told = answer.headers().firstValue("Retry-After").orElse("");
        return told.matches("[0-9]{1,9}") ? Long.parseLong(told) * 1000 : 0;
    }
}
