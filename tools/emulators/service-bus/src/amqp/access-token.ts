import { createHmac } from 'node:crypto';
import type { AmqpServices } from './amqp-services.ts';
import { wrap, type Request, type Response } from './request-response.ts';

/** Answers a client that shows its token at `$cbs`. */
export function answerToken(
  { token }: Request,
  { sharedAccessKey, acceptsToken }: AmqpServices,
): Response {
  const isIn = sharedAccessKey === undefined || isSignedWith(token, sharedAccessKey);
  return isIn && (acceptsToken?.(token) ?? true)
    ? answer(202, 'Accepted')
    : answer(401, 'InvalidSignature: The token has an invalid signature.');
}

function answer(code: number, description: string): Response {
  return {
    applicationProperties: {
      'status-code': wrap.wrap_int(code),
      'status-description': description,
    },
  };
}

/** `SharedAccessSignature sr=RESOURCE&sig=SIGNATURE&se=EXPIRY&skn=NAME`, each part percent-encoded. */
function isSignedWith(token: string, key: string): boolean {
  const parts = new Map(
    token
      .replace(/^SharedAccessSignature /, '')
      .split('&')
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  );
  const signed = `${parts.get('sr') ?? ''}\n${parts.get('se') ?? ''}`;
  const signature = createHmac('sha256', key).update(signed).digest('base64');
  return decodeURIComponent(parts.get('sig') ?? '') === signature;
}
