/**
 * The registry of error codes. Every error that reaches a person, a log or the dead-letter queue
 * carries one of these codes; `cause` says what happened in general, `remedy` what the operator
 * does about it, `heals` whether time alone can heal it (then it is retried and never dead-lettered).
 */
export const errorRegistry = {
  ConfigInvalid: {
    cause: 'A setting is missing or has a value that cannot be used.',
    remedy: 'Set the named variable to what the message says is expected, then start again.',
    heals: false,
  },
  ContractViolation: {
    cause: 'An event or a document does not fit the contract.',
    remedy:
      'Correct the document (or the entity, when the data is right), then replay the dead letter.',
    heals: false,
  },
  ContractTooNew: {
    cause: 'An event was made by a newer contract than this writer knows.',
    remedy: 'Deploy the writer that knows the newer contract, then replay the dead letter.',
    heals: false,
  },
  UnknownEntity: {
    cause: 'No entity of the contract matches the event type or the document path.',
    remedy: 'Define the entity in the contract, or stop publishing the document.',
    heals: false,
  },
  Oversize: {
    cause: 'The event is larger than the broker takes, even as a claim check.',
    remedy: 'Shorten the document path, or raise the message size of the namespace.',
    heals: false,
  },
  SqlRejected: {
    cause: 'The database refused the data of this one event.',
    remedy: 'Read the detail, correct the document or the schema, then replay the dead letter.',
    heals: false,
  },
  SqlUnavailable: {
    cause: 'The database cannot be reached, or cannot take work now.',
    remedy: 'Nothing is lost: the writer waits and goes on by itself. Look at the database.',
    heals: true,
  },
  SqlSchemaInvalid: {
    cause: 'The database is not at the version that this program expects.',
    remedy: 'Run the migrations, or deploy the program that fits the database.',
    heals: false,
  },
  MigrationFailed: {
    cause: 'A migration did not go through, or an applied one was changed afterwards.',
    remedy:
      'Restore the migration file, mend the statement or give the login its rights, as the detail says, then run again.',
    heals: false,
  },
  BrokerUnavailable: {
    cause: 'The message broker cannot be reached, or cannot take work now.',
    remedy: 'Nothing is lost: the work is retried. Look at the broker.',
    heals: true,
  },
  BrokerRejected: {
    cause: 'The message broker refuses the connection, the entity or the message.',
    remedy: 'Check the connection string, the rights of its key and the topology.',
    heals: false,
  },
  FirestoreUnavailable: {
    cause: 'Firestore cannot be reached, or cannot take work now.',
    remedy: 'Nothing is lost: run the command again. Look at Firestore.',
    heals: true,
  },
  FirestoreRejected: {
    cause: 'Firestore refuses the project, the credentials or the query.',
    remedy:
      'Check GOOGLE_CLOUD_PROJECT, the credentials (GOOGLE_APPLICATION_CREDENTIALS) and their right to read.',
    heals: false,
  },
  AuthUnavailable: {
    cause: 'Firebase Auth cannot be reached, or cannot take work now.',
    remedy: 'Nothing is lost: run the command again. Look at Firebase Auth and its quotas.',
    heals: true,
  },
  AuthRejected: {
    cause: 'Firebase Auth refuses the project, the credentials or the request.',
    remedy:
      'Check GOOGLE_CLOUD_PROJECT, the credentials (GOOGLE_APPLICATION_CREDENTIALS) and their role: Firebase Authentication Viewer is enough.',
    heals: false,
  },
  DocumentUnavailable: {
    cause: 'A claim check names a document that cannot be read now.',
    remedy: 'Nothing is lost: the read is retried. Look at Firestore and at the credentials.',
    heals: true,
  },
  CheckpointUnusable: {
    cause: 'The checkpoint of a backfill is damaged, in use, or of other work.',
    remedy:
      'Name the checkpoint of this work with --checkpoint, or begin anew with --restart. A damaged file is left as it is.',
    heals: false,
  },
  ReportUnwritable: {
    cause: 'A report cannot be written to its place.',
    remedy:
      'Check the folder, or the bucket (gs://bucket/path), the credentials and their right to write there, then run again.',
    heals: false,
  },
  FlagsUnavailable: {
    cause: 'The feature flags cannot be read or written now.',
    remedy: 'Nothing has changed: run the command again. Look at Firebase Remote Config.',
    heals: true,
  },
  FlagsRejected: {
    cause: 'The place of the feature flags refuses the project, the credentials or the change.',
    remedy:
      'Check GOOGLE_CLOUD_PROJECT, the credentials (GOOGLE_APPLICATION_CREDENTIALS) and their role: Firebase Remote Config Admin to write, Viewer to read.',
    heals: false,
  },
  InputInvalid: {
    cause: 'An input file or an argument cannot be used.',
    remedy: 'Correct the line or the argument that the message names.',
    heals: false,
  },
  ToolMissing: {
    cause: 'A program that a deployment needs is not installed.',
    remedy: 'Install it as the message says, then run again; nothing has been done yet.',
    heals: false,
  },
  ArtefactInvalid: {
    cause: 'Something that is to be deployed cannot be used as it is.',
    remedy: 'Mend what the failed checks name and run again; nothing has been deployed.',
    heals: false,
  },
  CommandFailed: {
    cause: 'A command of a deployment failed.',
    remedy:
      'Read what the command wrote above, mend that and run again: what is deployed already is passed over or stays as it is.',
    heals: false,
  },
} as const satisfies Record<string, ErrorEntry>;

interface ErrorEntry {
  readonly cause: string;
  readonly remedy: string;
  readonly heals: boolean;
}

export type ErrorCode = keyof typeof errorRegistry;

/**
 * An error with a code of the registry. The message names the thing at fault and never holds a
 * secret; `remedy` is what the operator does.
 */
export class AynaError extends Error {
  override readonly name = 'AynaError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  get remedy(): string {
    return errorRegistry[this.code].remedy;
  }

  /** True when the same work may succeed later without anyone acting. */
  get heals(): boolean {
    return errorRegistry[this.code].heals;
  }
}
