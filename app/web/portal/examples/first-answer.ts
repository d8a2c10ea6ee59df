const facts = {
  entity_type: "enterprise",
  registration_division: "140722",
  hnte_application_accepted: true,
  hnte_application_grant_received: false,
  hnte_certified_this_year: true,
  hnte_times_certified: 1,
  hnte_consecutive_certifications: 1,
};
const response = await fetch("http://127.0.0.1:8000/v1/subsidies/calculations", {
  method: "POST",
  headers: { "Content-Type": "application/json", "Accept-Language": "zh-CN" },
  body: JSON.stringify({ facts, on: "2023-06-01", measures: [38] }),
});
const body = await response.json();
if (!response.ok) throw new Error(`${body.code}: ${body.detail}`);
console.log(body.total.value);
