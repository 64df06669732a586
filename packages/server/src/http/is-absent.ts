/** Whether a client left a field out, or sent null for it as several SDKs do. */
export function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
