import { answerGoogle } from '@ayna/azure-identity';

// Asked by Google's libraries who this container is: docs/configuration.md, GOOGLE_APPLICATION_CREDENTIALS.
process.stdout.write(await answerGoogle(process.argv[2]), () => process.exit(0));
