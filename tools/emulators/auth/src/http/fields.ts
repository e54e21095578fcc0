import { z } from 'zod';

/** Text, or a 64-bit integer, which JSON may carry as number or text. */
export const text = z.union([z.string(), z.number()]).transform(String).optional();

export const flag = z.boolean().optional();

export const texts = z.array(z.string()).optional();
