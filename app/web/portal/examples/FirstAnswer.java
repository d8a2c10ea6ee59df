import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

public class FirstAnswer {
    public static void main(String[] args) throws Exception {
        String body = """
            {"facts": {"entity_type": "enterprise", "registration_division": "140722",
                       "hnte_application_accepted": true, "hnte_application_grant_received": false,
                       "hnte_certified_this_year": true, "hnte_times_certified": 1,
                       "hnte_consecutive_certifications": 1},
             "on": "2023-06-01", "measures": [38], "explain": "none"}""";
        HttpRequest request = HttpRequest.newBuilder()
            .uri(URI.create("http://127.0.0.1:8000/v1/subsidies/calculations"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
        var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        System.out.println(response.statusCode() + " " + response.body());
    }
}
