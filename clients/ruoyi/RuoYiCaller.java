import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * 按若依一类系统的习惯调用：HttpURLConnection，不写内容类型就是表单，只读 getInputStream()，出了异常就当没有回答。
 *
 * <p>Calls in the habits of the RuoYi family: HttpURLConnection, whose content type is a form unless one is given; only
 * getInputStream() is read, never the error stream; an exception means an empty answer. JDK alone, Java 11 or newer.
 *
 * <p>java RuoYiCaller.java http://127.0.0.1:8000 [APP_ID SECRET]
 */
public final class RuoYiCaller {
    private static final String FACE = "/compat/ruoyi";
    private static final String CALCULATION = "/v1/subsidies/calculations";
    private static final String JSON = "application/json";
    private static final Charset GBK = Charset.forName("GBK");

    /** 首次通过认定的高新技术企业：申报资助 6 万元、认定奖励 15 万元。 */
    private static final String FIRM =
            "{\"facts\": {\"entity_type\": \"enterprise\", \"registration_division\": \"140722\","
                    + " \"hnte_application_accepted\": true, \"hnte_application_grant_received\": false,"
                    + " \"hnte_certified_this_year\": true, \"hnte_times_certified\": 1,"
                    + " \"hnte_consecutive_certifications\": 1},"
                    + " \"on\": \"2023-06-01\", \"measures\": [38], \"explain\": \"none\"}";

    private static final String NAMED = "{\"facts\": {\"name\": \"左权县电子商务有限公司\"}}";
    private static final String BAD = "{\"facts\": {\"employees\": \"很多\"}}";

    private final String base;
    private final String appId;
    private final String secret;

    private RuoYiCaller(String base, String appId, String secret) {
        this.base = base;
        this.appId = appId;
        this.secret = secret;
    }

    public static void main(String[] args) throws Exception {
        boolean signs = args.length > 2;
        RuoYiCaller caller = new RuoYiCaller(args[0], signs ? args[1] : null, signs ? args[2] : null);
        PrintStream out = new PrintStream(System.out, true, "UTF-8");

        out.println("form:   " + caller.said(CALCULATION, FIRM, null, StandardCharsets.UTF_8));
        out.println("gbk:    " + caller.said(CALCULATION, NAMED, JSON, GBK));
        out.println("bad:    " + caller.said(CALCULATION, BAD, JSON, StandardCharsets.UTF_8));
        out.println("native: [" + caller.send("POST", CALCULATION, BAD, JSON, StandardCharsets.UTF_8) + "]");

        String page = caller.send("GET", FACE + "/v1/measures?pageNum=2&pageSize=10", null, null, null);
        out.println("page:   " + code(page) + " total " + find("\"total\":(\\d+)", page));

        String answer = caller.send("POST", FACE + CALCULATION, FIRM, JSON, StandardCharsets.UTF_8);
        out.println("total:  " + code(answer) + " " + find("\"total\":\\{\"value\":\"([0-9.]+)\"", answer));
    }

    /** 回答里的 code 和 msg。 The code and the message of an answer. */
    private String said(String path, String body, String type, Charset charset) throws GeneralSecurityException {
        String answer = send("POST", FACE + path, body, type, charset);
        return code(answer) + " " + find("\"msg\":\"((?:[^\"\\\\]|\\\\.)*)\"", answer);
    }

    private static String code(String answer) {
        return find("\"code\":(\\d+)", answer);
    }

    private static String find(String pattern, String answer) {
        Matcher found = Pattern.compile(pattern).matcher(answer);
        return found.find() ? found.group(1) : "";
    }

    /** 不是 2xx 时 getInputStream() 抛出异常，错误说明就丢了：本接口因此一律回答 200。 */
    private String send(String method, String target, String body, String type, Charset charset)
            throws GeneralSecurityException {
        byte[] content = body == null ? new byte[0] : body.getBytes(charset);
        StringBuilder answer = new StringBuilder();
        try {
            HttpURLConnection connection = (HttpURLConnection) new URL(base + target).openConnection();
            connection.setRequestMethod(method);
            connection.setRequestProperty("Accept", "*/*");
            connection.setRequestProperty("User-Agent", "Mozilla/4.0 (compatible)");
            connection.setConnectTimeout(5_000);
            connection.setReadTimeout(15_000);
            if (type != null) {
                connection.setRequestProperty("Content-Type", type);
            }
            if (appId != null) {
                sign(connection, method, target, content);
            }
            if (body != null) {
                connection.setDoOutput(true);
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(content);
                }
            }
            try (BufferedReader in = new BufferedReader(
                    new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    answer.append(line);
                }
            }
        } catch (IOException error) {
            return "";
        }
        return answer.toString();
    }

    /** 签的是实际调用的路径和查询串。 Over the path and the query as they are called; docs/signing.md. */
    private void sign(HttpURLConnection connection, String method, String target, byte[] content)
            throws GeneralSecurityException {
        String[] parts = target.split("\\?", 2);
        String[] query = parts.length > 1 ? parts[1].split("&") : new String[0];
        Arrays.sort(query);
        String time = Long.toString(System.currentTimeMillis() / 1000);
        String nonce = UUID.randomUUID().toString();
        String digest = hex(MessageDigest.getInstance("SHA-256").digest(content));
        String text = String.join("\n", method, parts[0], String.join("&", query), digest, appId, time, nonce);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        connection.setRequestProperty("X-App-Id", appId);
        connection.setRequestProperty("X-Timestamp", time);
        connection.setRequestProperty("X-Nonce", nonce);
        connection.setRequestProperty("X-Signature", hex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8))));
    }

    private static String hex(byte[] bytes) {
        StringBuilder found = new StringBuilder();
        for (byte one : bytes) {
            found.append(String.format("%02x", one));
        }
        return found.toString();
    }
}
