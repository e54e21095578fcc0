/**
 * What an error of the database means for the work that met it.
 *
 * - `unavailable`: the same work may succeed later without anyone acting.
 * - `rejected`: the database refuses this data; the rest may pass.
 * - `misconfigured`: nothing passes before somebody mends the settings or the schema.
 */
export type SqlErrorKind = 'unavailable' | 'rejected' | 'misconfigured';
