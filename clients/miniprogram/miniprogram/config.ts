/** Where the service answers. In production an https address that is entered as a request domain of the mini-program. */
export const config = { baseUrl: "http://127.0.0.1:8000" };
