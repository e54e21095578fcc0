export { azureCredential, type AzureCredentialOptions } from './azure-credential.ts';
export { answerGoogle } from './answer-google.ts';
