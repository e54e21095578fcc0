/**
 * A lock token is 16 bytes. Management requests write them as RFC 4122 does; the tag of a delivery has the
 * first three groups reversed, as .NET writes a `Guid`.
 */
export function toGuidOrder(token: Buffer): Buffer {
  const tag = Buffer.from(token);
  tag.subarray(0, 4).reverse();
  tag.subarray(4, 6).reverse();
  tag.subarray(6, 8).reverse();
  return tag;
}
