/** The connections that a fault can be on, by who opens them and to whom. */
export const linkNames = [
  'writersToBroker',
  'triggersToBroker',
  'writersToSql',
  'writersToFirestore',
] as const;
export type LinkName = (typeof linkNames)[number];
