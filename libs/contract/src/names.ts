/** `LastMessageAt`, `lastMessageAt` -> `last_message_at`; `sp_StoreMirror_UpsertDmMessage` -> `sp_store_mirror_upsert_dm_message`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

/** `lastMessageAt` -> `LastMessageAt`. */
export function pascalCase(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
