import type { Directory } from '../projects/directory.ts';
import type { Project } from '../projects/project.ts';
import type { Projects } from '../projects/projects.ts';
import { tenantOfToken } from '../tokens/id-token.ts';
import { readRefreshToken } from '../tokens/session.ts';
import { ApiError, demand } from './api-error.ts';
import { routes, type Route } from './routes.ts';

/** A request that has been read. */
export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  /** The header `authorization`. */
  readonly authorization: string | undefined;
  /** The header `x-goog-api-key`. */
  readonly apiKey: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Answers a request of a client or a server.
 *
 * @throws ApiError when it is refused
 */
export function handleRequest(projects: Projects, request: ApiRequest): object {
  const { url, body, now } = request;
  const { route, params } = findRoute(request.method, url.pathname);
  const admin = isAdmin(request.authorization);
  checkAccess(route, request, admin);
  const project = projectOf(projects, params.project, body, admin);
  const directory = directoryOf(project, params.tenant, request);
  const isSettings = url.pathname.includes('/v2/');
  demand(isSettings || !directory.policy.disabled, 'PROJECT_DISABLED');
  const { origin, searchParams: query } = url;
  return route.run({ project, directory, admin, origin, query, params, now }, body);
}

function findRoute(method: string, path: string): { route: Route; params: Record<string, string> } {
  for (const route of routes) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (match) {
      const named = Object.entries(match.groups ?? {});
      const params = named.map(([name, value]) => [name, decodeURIComponent(value)]);
      return { route, params: Object.fromEntries(params) as Record<string, string> };
    }
  }
  throw new ApiError(404, `Not Found: ${method} ${path}`, 'notFound', 'NOT_FOUND');
}

/** `owner` is what clients send in emulator mode; `ya29.` begins the tokens of service accounts. */
function isAdmin(authorization: string | undefined): boolean {
  const token = /^bearer (.+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return false;
  if (token.toLowerCase() === 'owner' || token.startsWith('ya29.')) return true;
  const message = 'Request had invalid authentication credentials.';
  throw new ApiError(401, message, 'authError', 'UNAUTHENTICATED');
}

function checkAccess({ access }: Route, { url, apiKey }: ApiRequest, admin: boolean): void {
  if (access === 'open' || admin) return;
  if (access === 'admin') {
    const message = 'Request is missing required authentication credential.';
    throw new ApiError(401, message, 'required', 'UNAUTHENTICATED');
  }
  if (!(url.searchParams.get('key') ?? apiKey)) {
    const message = 'The request is missing a valid API key.';
    throw new ApiError(403, message, 'forbidden', 'PERMISSION_DENIED');
  }
}

function projectOf(
  projects: Projects,
  inPath: string | undefined,
  { targetProjectId: inBody }: ApiRequest['body'],
  admin: boolean,
): Project {
  if (inPath !== undefined) return projects.get(inPath);
  if (typeof inBody !== 'string') return projects.default;
  const detail = 'Only authenticated requests can specify target_project_id.';
  demand(admin, 'INSUFFICIENT_PERMISSION', detail);
  return projects.get(inBody);
}

/** The tenant that path, body, link or token name; they must agree. */
function directoryOf(project: Project, inPath: string | undefined, request: ApiRequest): Directory {
  const { tenantId, idToken, refreshToken } = request.body;
  const inQuery = request.url.searchParams.get('tenantId') ?? undefined;
  const named = [
    inPath,
    typeof tenantId === 'string' ? tenantId : undefined,
    inQuery,
    typeof idToken === 'string' ? tenantOfToken(idToken) : undefined,
    typeof refreshToken === 'string' ? readRefreshToken(refreshToken)?.tenantId : undefined,
  ].filter((it) => it !== undefined);
  const [tenant] = named;
  demand(
    named.every((other) => other === tenant),
    'TENANT_ID_MISMATCH',
  );
  return tenant === undefined ? project : project.tenant(tenant);
}
