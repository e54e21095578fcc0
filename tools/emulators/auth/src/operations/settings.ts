import { z } from 'zod';
import { demand } from '../http/api-error.ts';
import { operation } from './operation.ts';

const anything = z.looseObject({});

export const getConfig = operation(anything, ({ project }) => project.resource);

export const updateConfig = operation(anything, ({ project, body, query }) => {
  project.update(body, query.get('updateMask') ?? '');
  return project.resource;
});

export const createTenant = operation(
  anything,
  ({ project, body }) => project.createTenant(body).resource,
);

export const getTenant = operation(
  anything,
  ({ project, params }) => project.tenant(params.tenant ?? '').resource,
);

export const updateTenant = operation(anything, ({ project, params, body, query }) => {
  const tenant = project.tenant(params.tenant ?? '');
  tenant.update(body, query.get('updateMask') ?? '');
  return tenant.resource;
});

export const deleteTenant = operation(anything, ({ project, params }) => {
  const { tenantId } = project.tenant(params.tenant ?? '');
  project.tenants.delete(tenantId);
  return {};
});

/** The page token is the last tenant's id. */
export const listTenants = operation(anything, ({ project, query }) => {
  const pageSize = Math.min(Number(query.get('pageSize') ?? 20), 1000);
  demand(pageSize > 0, 'INVALID_PAGE_SELECTION');
  const after = query.get('pageToken') ?? '';
  const ids = [...project.tenants.keys()].sort().filter((id) => id > after);
  const page = ids.slice(0, pageSize);
  return {
    tenants: page.map((id) => project.tenant(id).resource),
    nextPageToken: ids.length > pageSize ? page.at(-1) : undefined,
  };
});

/** What web clients ask before a sign-in in a window of its own. */
export const getPublicConfig = operation(anything, ({ project }) => ({
  projectId: project.projectId,
  authorizedDomains: ['localhost', '127.0.0.1'],
}));

export const getRecaptchaParameters = operation(anything, () => ({
  kind: 'identitytoolkit#GetRecaptchaParamResponse',
  recaptchaSiteKey: 'no-site-key-in-the-emulator',
  recaptchaStoken: 'no-token-in-the-emulator',
}));

export const getRecaptchaConfig = operation(anything, () => ({ recaptchaEnforcementState: [] }));

export const getPasswordPolicy = operation(anything, () => ({
  customStrengthOptions: { minPasswordLength: 6, maxPasswordLength: 4096 },
  enforcementState: 'OFF',
  forceUpgradeOnSignin: false,
  schemaVersion: 1,
}));
