import { randomBytes } from 'node:crypto';
import { Accounts } from '../accounts/accounts.ts';
import { ApiError } from '../http/api-error.ts';
import { ActionCodes } from './action-codes.ts';
import type { Directory, SignInPolicy } from './directory.ts';
import { maskedUpdate, member, type Resource } from './masked-update.ts';
import { Tenant } from './tenant.ts';

/** A Firebase project: the directory of its users, its tenants and its settings. */
export class Project implements Directory {
  readonly projectId: string;
  readonly tenantId = undefined;
  readonly accounts = new Accounts();
  readonly codes = new ActionCodes();
  readonly tenants = new Map<string, Tenant>();
  #settings: Resource = { signIn: { allowDuplicateEmails: false } };

  constructor(projectId: string) {
    this.projectId = projectId;
  }

  /** Every way of signing in is open, as in a project made for tests. */
  get policy(): SignInPolicy {
    const privacy = member(this.#settings, 'emailPrivacyConfig');
    const emailPrivacy = privacy.enableImprovedEmailPrivacy === true;
    return { password: true, emailLink: true, anonymous: true, disabled: false, emailPrivacy };
  }

  get resource(): Resource {
    return { ...this.#settings, name: `projects/${this.projectId}/config` };
  }

  update(update: Resource, mask: string): void {
    this.#settings = maskedUpdate(this.#settings, update, mask);
  }

  createTenant(settings: Resource): Tenant {
    const tenantId = `tenant-${randomBytes(5).toString('hex')}`;
    const tenant = new Tenant(this.projectId, tenantId, settings);
    this.tenants.set(tenantId, tenant);
    return tenant;
  }

  /** @throws ApiError `TENANT_NOT_FOUND` */
  tenant(tenantId: string): Tenant {
    const tenant = this.tenants.get(tenantId);
    if (!tenant) throw new ApiError(404, 'TENANT_NOT_FOUND', 'notFound', 'NOT_FOUND');
    return tenant;
  }

  clear(): void {
    this.accounts.clear();
    for (const tenant of this.tenants.values()) tenant.accounts.clear();
  }
}
