export { BeizengClient } from "./client.js";
export type { ClientOptions, Schemas } from "./client.js";
export { BeizengError, ConnectionLostError, ProblemError, UnexpectedAnswerError } from "./errors.js";
export type { Problem, ProblemEntry } from "./errors.js";
export { RETRY } from "./retrying.js";
export type { Retry } from "./retrying.js";
export type { components, operations, paths } from "./schema.js";
export { apiKey, sign, signature } from "./signing.js";
export type { Algorithm, Auth, SignedParts } from "./signing.js";
