wx.request({
  url: "http://127.0.0.1:8000/v1/subsidies/calculations",
  method: "POST",
  header: { "Content-Type": "application/json" },
  data: {
    facts: {
      entity_type: "enterprise",
      registration_division: "140722",
      hnte_application_accepted: true,
      hnte_application_grant_received: false,
      hnte_certified_this_year: true,
      hnte_times_certified: 1,
      hnte_consecutive_certifications: 1,
    },
    on: "2023-06-01",
    measures: [38],
  },
  success({ statusCode, data }) {
    if (statusCode === 200) console.log(data.total.value);
    else wx.showToast({ title: data.title, icon: "none" });
  },
  fail() {
    wx.showToast({ title: "网络不可用", icon: "none" });
  },
});
