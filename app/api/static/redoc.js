"use strict";
window.addEventListener("load", () => {
  window.Redoc.init(
    "/openapi.json",
    { disableSearch: true, hideDownloadButton: false, expandResponses: "200", requiredPropsFirst: true },
    document.getElementById("page"),
  );
});
