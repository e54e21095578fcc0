import { z } from 'zod';
import { accountResource } from '../accounts/account.ts';
import { demand, notImplemented } from '../http/api-error.ts';
import { flag, text } from '../http/fields.ts';
import { operation } from './operation.ts';

const DEFAULT_PAGE = 20;
const MAX_PAGE = 1000;
const MAX_QUERY = 500;

/** A page of all users. The token of the next one is the last id of this one. */
export const listAccounts = operation(z.object({}), ({ directory, query }) => {
  const wanted = query.get('maxResults');
  const limit = wanted === null ? DEFAULT_PAGE : Number(wanted);
  demand(Number.isInteger(limit) && limit > 0, 'INVALID_PAGE_SELECTION');
  const pageSize = Math.min(limit, MAX_PAGE);
  const accounts = directory.accounts.page(query.get('nextPageToken') ?? undefined, pageSize);
  return {
    kind: 'identitytoolkit#DownloadAccountResponse',
    users: accounts.map(accountResource),
    nextPageToken: accounts.length === pageSize ? accounts.at(-1)?.localId : undefined,
  };
});

/** How many users there are, or users by position. */
export const queryAccounts = operation(
  z.object({
    returnUserInfo: flag,
    limit: text,
    offset: text,
    sortBy: text,
    order: text,
    expression: z.array(z.looseObject({})).optional(),
  }),
  ({ body, directory: { accounts } }) => {
    if (body.expression?.length) throw notImplemented('Searching users by an expression');
    if (!['USER_ID', undefined].includes(body.sortBy))
      throw notImplemented(`Sorting by ${body.sortBy ?? ''}`);
    const recordsCount = String(accounts.size);
    if (body.returnUserInfo === false) return { recordsCount };
    const all = accounts.page(undefined, accounts.size);
    const sorted = body.order === 'DESC' ? all.reverse() : all;
    const offset = Number(body.offset ?? 0);
    const limit = Math.min(Number(body.limit ?? MAX_QUERY), MAX_QUERY);
    return { recordsCount, userInfo: sorted.slice(offset, offset + limit).map(accountResource) };
  },
);
