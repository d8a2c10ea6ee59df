/** The types of a call and its answer, taken from the description of the service. */
import type { paths } from "./schema.js";

export type Method = "get" | "post" | "delete";

/** The addresses that take a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never;
}[keyof paths];

/** The JSON of a success. */
export type Answer<P extends keyof paths, M extends Method> = paths[P][M] extends { responses: infer R }
  ? { [S in keyof R & (200 | 202)]: Json<R[S]> }[keyof R & (200 | 202)]
  : never;

/** The JSON that is sent. */
export type Body<P extends keyof paths, M extends Method> = paths[P][M] extends { requestBody: infer B }
  ? Json<B>
  : never;

/** The arguments of a call. */
export type Arguments<P extends keyof paths, M extends Method> = PathArguments<paths[P][M]> &
  QueryArguments<paths[P][M]> &
  ([Body<P, M>] extends [never] ? { body?: never } : { body: Body<P, M> }) & { idempotencyKey?: string };

/** The arguments, which may be left out where none is needed. */
export type Given<P extends keyof paths, M extends Method> =
  {} extends Arguments<P, M> ? [given?: Arguments<P, M>] : [given: Arguments<P, M>];

/** The lists that come in pages. */
export type PagedPath = {
  [P in PathOf<"get">]: Answer<P, "get"> extends { next_cursor: string | null } ? P : never;
}[PathOf<"get">];

/** One item of a list that comes in pages. */
export type Item<P extends PagedPath> = Answer<P, "get"> extends { items: readonly (infer I)[] } ? I : never;

type Json<T> = T extends { content: { "application/json": infer J } } ? J : never;
type PathArguments<O> = O extends { parameters: { path: infer A } } ? { path: A } : { path?: never };
type QueryArguments<O> = O extends { parameters: { query?: infer A } }
  ? { query?: Exclude<A, undefined> }
  : { query?: never };
