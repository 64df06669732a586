import type { FastifyInstance } from 'fastify';

/** Remembers the app's routes; the returned function tells which methods a path takes (none: there is no such path). */
export function trackMethods(app: FastifyInstance): (path: string) => readonly string[] {
  const routes: { readonly url: string; readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const pattern = new RegExp(`^${url.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}/?$`);
    routes.push({ url, pattern, methods: [method].flat() });
  });
  return (path) => {
    const matching = routes.filter(({ pattern }) => pattern.test(path));
    // An address of its own is not also the id of something.
    const own = matching.filter(({ url }) => !url.includes(':'));
    return [...new Set((own.length > 0 ? own : matching).flatMap(({ methods }) => methods))];
  };
}
