/**
 * A gateway in front of the load balancer says the caller's address in a header of its own: it takes the place of what
 * X-Forwarded-For says, whose last entry is the gateway's address then.
 *
 * @param {string} header its name, in small letters
 * @returns {import("express").RequestHandler}
 */
export function addressedBy(header) {
  return (request, _response, next) => {
    const address = request.get(header);
    if (address !== undefined) request.headers["x-forwarded-for"] = address;
    next();
  };
}
