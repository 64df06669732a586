import { GatewayError } from '../../../shared/errors.ts';

/** Where a schema stands, as its messages name it: the request's field, then the way into the schema. */
export interface SchemaPlace {
  /** The request's field that holds the whole schema. */
  readonly where: string;
  /** Keys from the schema's root, such as `.properties.name`. */
  readonly path: string;
}

/** The place of a part of a schema. */
export function inside(place: SchemaPlace, ...keys: readonly (string | number)[]): SchemaPlace {
  const added = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  return { where: place.where, path: place.path + added };
}

/** The error for a keyword that answers can't be held to. */
export function unsupported(place: SchemaPlace, keyword: string, reason: string): GatewayError {
  return new GatewayError('unsupported_value', `${place.where}${place.path}.${keyword} is not supported: ${reason}`, {
    param: place.where,
  });
}

/** The error for what is no JSON Schema. */
export function malformed(place: SchemaPlace, reason: string): GatewayError {
  return new GatewayError('invalid_request', `${place.where}${place.path} is no valid JSON Schema: ${reason}`, {
    param: place.where,
  });
}
