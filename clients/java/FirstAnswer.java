import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** What a newly certified high-tech enterprise gets, and what a refusal looks like. */
public final class FirstAnswer {
    private FirstAnswer() {}

    /** Arguments: the service's address, then the id and the secret of an application where it asks who calls. */
    public static void main(String[] arguments) throws Exception {
        String appId = arguments.length > 1 ? arguments[1] : null;
        String secret = arguments.length > 2 ? arguments[2] : null;
        BeizengClient client = new BeizengClient(arguments[0], appId, secret);
        Map<String, Object> facts = Map.of(
                "entity_type", "enterprise",
                "registration_division", "140722",
                "hnte_application_accepted", true,
                "hnte_application_grant_received", false,
                "hnte_certified_this_year", true,
                "hnte_times_certified", 1,
                "hnte_consecutive_certifications", 1);
        Map<String, Object> question = Map.of("facts", facts, "on", "2023-06-01", "measures", List.of(38));
        JsonNode answer = client.post("/v1/subsidies/calculations", question);
        System.out.println(BeizengClient.decimal(answer.get("total").get("value")));
        for (JsonNode result : answer.get("results")) {
            System.out.println(result.get("rule_id").asText() + " "
                    + BeizengClient.decimal(result.get("amount").get("value")));
        }
        System.out.println(client.get("/v1/measures?q=%E9%AB%98%E6%96%B0%E6%8A%80%E6%9C%AF&kind=benefit").get("total"));
        try {
            client.post("/v1/eligibility", Map.of("facts", Map.of("employees", -1)));
        } catch (BeizengProblem problem) {
            BeizengProblem.Entry entry = problem.errors.get(0);
            System.out.println(problem.status + " " + problem.code + " " + entry.pointer + " " + entry.code);
        }
    }
}
