import { Accounts } from '../accounts/accounts.ts';
import { ActionCodes } from './action-codes.ts';
import type { Directory, SignInPolicy } from './directory.ts';
import { maskedUpdate, member, type Resource } from './masked-update.ts';

/** A tenant of a project: a directory of its own, with settings. */
export class Tenant implements Directory {
  readonly projectId: string;
  readonly tenantId: string;
  readonly accounts = new Accounts();
  readonly codes = new ActionCodes();
  #settings: Resource;

  constructor(projectId: string, tenantId: string, settings: Resource) {
    this.projectId = projectId;
    this.tenantId = tenantId;
    this.#settings = {
      allowPasswordSignup: false,
      enableEmailLinkSignin: false,
      enableAnonymousUser: false,
      disableAuth: false,
      ...settings,
    };
  }

  get policy(): SignInPolicy {
    const settings = this.#settings;
    return {
      password: settings.allowPasswordSignup === true,
      emailLink: settings.enableEmailLinkSignin === true,
      anonymous: settings.enableAnonymousUser === true,
      disabled: settings.disableAuth === true,
      emailPrivacy: member(settings, 'emailPrivacyConfig').enableImprovedEmailPrivacy === true,
    };
  }

  get resource(): Resource {
    return { ...this.#settings, name: `projects/${this.projectId}/tenants/${this.tenantId}` };
  }

  update(update: Resource, mask: string): void {
    this.#settings = maskedUpdate(this.#settings, update, mask);
  }
}
