const SECRET_NAME =
  /CONNECTION_STRING|PASSWORD|SECRET|TOKEN|_KEY$|DATABASE_URL$|REDIS_URL$|_HEADERS$/;

/** Whether a variable is called as secrets are: its value belongs into the environment alone. */
export function isSecretName(name: string): boolean {
  // `TRIGGERS_SECRETS` and its like name secrets and are none.
  return SECRET_NAME.test(name) && !name.endsWith('_SECRETS');
}
