/**
 * The address of our worker, where a page requires that addresses of scripts are vouched for.
 *
 * Knows Trusted Types, and vouches for that one address only; refuses to vouch for anything that
 * comes from outside.
 */

const NAME = 'sse-reload'; // the server lets it pass where a policy names those that may

/**
 * @typedef {(address: string) => string} Trust
 * @typedef {{createScriptURL: Trust}} Rules
 * @typedef {{createPolicy: (name: string, rules: Rules) => Rules}} TrustedTypes
 */

/**
 * @param {TrustedTypes | undefined} trustedTypes not all browsers have them
 * @param {string} worker
 * @returns {string} a `TrustedScriptURL` where there are such, which is used in the place of a text
 */
export function trust(trustedTypes, worker) {
  try {
    const policy = trustedTypes?.createPolicy(NAME, { createScriptURL: vouch });
    return policy?.createScriptURL(worker) ?? worker;
  } catch {
    return worker; // a policy in the page's head that we cannot reach: without a worker it works too
  }

  /** @type {Trust} */
  function vouch(address) {
    if (address !== worker) throw new TypeError(`not our worker: ${address}`);
    return address;
  }
}
