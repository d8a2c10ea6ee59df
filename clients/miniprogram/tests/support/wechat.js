/* The parts of WeChat that the sample needs: a document to render into, and wx.request over real HTTP. */

const http = require("node:http");
const { JSDOM } = require("jsdom");

const { window } = new JSDOM("<!doctype html><html><body></body></html>", { pretendToBeVisual: true });
for (const name of ["document", "Node", "Element", "HTMLElement", "Event", "CustomEvent", "TouchEvent", "MutationObserver"]) {
  global[name] = window[name];
}
global.window = window;

/* As the client itself: it knows no PATCH, and `success` is called whatever the status. */
const METHODS = ["OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "CONNECT"];
const KEPT_BACK = ["cookie", "referer"];

/* What was called, what was toasted, and which network there is. */
const seen = { requests: [], toasts: [], networkType: "wifi", language: "zh_CN", listeners: new Set() };

function request({ url, method = "GET", data, header = {}, timeout = 60_000, success, fail }) {
  if (!METHODS.includes(method)) throw new TypeError(`request:fail invalid method "${method}"`);
  for (const name of Object.keys(header)) if (KEPT_BACK.includes(name.toLowerCase())) throw new TypeError(`header ${name}`);
  const body = data === undefined ? undefined : typeof data === "string" ? data : JSON.stringify(data);
  const call = { url, method, data, header, status: null };
  seen.requests.push(call);
  const sent = http.request(url, { agent: false, method, headers: { ...header, ...(body ? { "content-length": Buffer.byteLength(body) } : {}) } });
  const clock = setTimeout(() => sent.destroy(new Error("timeout")), timeout);
  const broken = (error) => {
    clearTimeout(clock);
    fail?.({ errMsg: error.message === "timeout" ? "request:fail timeout" : `request:fail ${error.code}` });
  };
  sent.on("error", broken);
  sent.on("response", (response) => {
    const parts = [];
    response.on("error", broken);
    response.on("data", (part) => parts.push(part));
    response.on("end", () => {
      clearTimeout(clock);
      call.status = response.statusCode;
      success?.({ statusCode: response.statusCode, header: titled(response.headers), data: read(Buffer.concat(parts).toString()), cookies: [], errMsg: "request:ok" });
    });
  });
  sent.end(body);
  return { abort: () => sent.destroy(new Error("abort")) };
}

/* Headers come with capitals on one platform and without on another: here with. */
const titled = (headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()), value]));

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/* The network goes or comes back, as the client tells it. */
function setNetwork(networkType) {
  seen.networkType = networkType;
  for (const listener of seen.listeners) listener({ isConnected: networkType !== "none", networkType });
}

global.wx = {
  request,
  showToast: ({ title }) => seen.toasts.push(title),
  getNetworkType: ({ success }) => success({ networkType: seen.networkType }),
  onNetworkStatusChange: (listener) => seen.listeners.add(listener),
  offNetworkStatusChange: (listener) => seen.listeners.delete(listener),
  getAppBaseInfo: () => ({ language: seen.language }),
};

module.exports = { seen, setNetwork, simulate: require("miniprogram-simulate") };
