import type { SqlErrorKind } from '../errors/sql-error-kind.ts';

/** What the number of an error means. */
export interface NumberMeaning {
  readonly kind: SqlErrorKind;
  /** Whether a misconfiguration is one of tables, procedures and rights, not of settings. */
  readonly aboutSchema: boolean;
}

/**
 * Errors that time can heal. References: the lists by which Microsoft.Data.SqlClient
 * (`SqlConfigurableRetryFactory`) and EF Core (`SqlServerTransientExceptionDetector`) retry, as far
 * as they concern logins, reads and writes, and Azure SQL's list of transient errors. Added are
 * errors on which those programs give up but waiting still beats refusing an event: disk, log, quota
 * and memory that ran out, servers that start or stop, a database that is read-only for a failover.
 */
const UNAVAILABLE = `
  0 20 64 109 121 233 258 997 10053 10054 10060 10061 11001
  596 601 615 617 669 983 988
  701 802 844 845 846 847 921 922 923 924 925 926 927 935 941 942 945 948 951 952 953 954 955 976 978 979 981 982
  1101 1105 1203 1204 1205 1215 1216 1221 1222 1232 1532 1533 1534 1535
  2021 2816 3314 3414 3624 3635 3906 3908 3935 3941 3947 3948 3950 3953 3957 3958 3960 3961 3966 3967 3980
  4117 4184 4221 6005 6006 6292 8628 8645 8651 8657 8902 9001 9002 9020 9515
  10922 10928 10929 10930 10936 11539
  17065 17066 17067 17142 17143 17147 17148 17187 17188 17189 17197 17803 17809 17830 17889
  18401 18451 18461 20041 22225 22226 22335 22355 22358 22430
  40106 40143 40166 40189 40197 40501 40540 40544 40545 40549 40550 40551 40552 40553
  40613 40623 40642 40648 40671 40675 40890 40903 40918 40938
  41301 41302 41305 41325 41339 41614 41619 41640 41700 41701 41805 41823 41839 41840
  42029 42108 42109 45153 45156 45157 45161 45168 45169 45179 45182 45319 45547
  49510 49802 49918 49919 49920 49977 49983`;

/** Logins, users and databases that settings name wrongly, and firewalls. */
const SETTINGS = `
  911 916 4062 4063 4064 4067 15007 17827 17828 17892
  18301 18450 18452 18456 18458 18459 18460 18462 18463 18464 18465 18466 18467 18468
  18470 18471 18482 18483 18485 18486 18487 18488
  33134 33155 37353 40511 40512 40513 40514 40515 40532 40607 40608 40610 40615 40914 47072 47073`;

/** Tables, columns, types, procedures and parameters that are missing or other, and rights. */
const SCHEMA = `
  102 105 110 111 119 137 139 141 144 156 170 178 195 201 206 207 208 209 213 214 217 229 230
  243 257 262 264 271 272 273 297 300 313 319 349 352 371 402 468 500 544 1038 1087 1088 1750 1767
  1779 1785 1911 1913 1934 2714 2715 2717 2718 2724 2726 2732 2744 2749 2750 2760 2766 2812 2819
  3701 3705 3726 3728 4104 4121 4145 4902 4922 4924 5074 7202 8101 8143 8144 8145 8146 8155
  8156 8158 8159 8162 8178 8197 10331 10332 15151 15165 15225 15233 15247 15406 16902 16903 17750
  21000 33009 40517`;

/** Data that breaks a constraint, does not fit or cannot be converted. */
const REJECTED = `
  220 232 235 236 237 241 242 244 245 248 293 294 295 296 511 512 515 517 530 535 547 681
  1505 1701 1708 1946 2601 2627 2628 3606 3607 3609 3621 3622 6354 6522 6602 6603 8009 8016 8023
  8114 8115 8117 8134 8152 8169 8170 9402 9411 9420 9436 9803 9807 9810 13608 13609 13610
  33553 33557`;

const meanings = new Map<number, NumberMeaning>([
  ...meaning(REJECTED, { kind: 'rejected', aboutSchema: false }),
  ...meaning(SCHEMA, { kind: 'misconfigured', aboutSchema: true }),
  ...meaning(SETTINGS, { kind: 'misconfigured', aboutSchema: false }),
  ...meaning(UNAVAILABLE, { kind: 'unavailable', aboutSchema: false }),
]);

/** `Cannot open database "%.*ls" requested by the login`. See `SqlServerError`. */
export const CANNOT_OPEN_DATABASE = 4060;

/** What a number means; undefined for one that is not known. */
export function meaningOf(number: number): NumberMeaning | undefined {
  return meanings.get(number);
}

function meaning(numbers: string, what: NumberMeaning): [number, NumberMeaning][] {
  return numbers
    .trim()
    .split(/\s+/)
    .map((number) => [Number(number), what]);
}
