import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

public class RuoyiCall {
    public static void main(String[] args) throws Exception {
        String body = "{\"facts\": {\"entity_type\": \"enterprise\", \"registration_division\": \"140722\","
            + " \"hnte_application_accepted\": true, \"hnte_application_grant_received\": false,"
            + " \"hnte_certified_this_year\": true, \"hnte_times_certified\": 1,"
            + " \"hnte_consecutive_certifications\": 1},"
            + " \"on\": \"2023-06-01\", \"measures\": [38], \"explain\": \"none\"}";
        URL url = new URL("http://127.0.0.1:8000/compat/ruoyi/v1/subsidies/calculations");
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setRequestProperty("Content-Type", "application/json;charset=utf-8");
        connection.setDoOutput(true);
        connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            System.out.println(in.lines().collect(Collectors.joining("\n")));
        }
    }
}
