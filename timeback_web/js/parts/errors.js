/** Everything that is thrown or reported here; `code` says what it is. */
export class TimebackError extends Error {
  /** @param {Problem} problem what is wrong, also as Python tells it */
  constructor({ code, message, ...details }) {
    super(message);
    this.name = 'TimebackError';
    this.code = code;
    Object.assign(this, details);
  }
}

/**
 * @typedef {object} Problem
 * @property {string} code
 * @property {string} message
 * @property {string} [field] the option, or the field of the payload, that is wrong
 * @property {number} [status] of the server's answer
 * @property {string} [serverCode] the server's own code
 */

export const invalid = (field, reason) =>
  new TimebackError({ code: 'INVALID_OPTIONS', message: `${field}: ${reason}`, field });

export const unreachable = (message) => new TimebackError({ code: 'UNREACHABLE', message });

const kindOf = ({ headers }) => (headers.get('Content-Type') ?? '').split(';')[0].trim();

/** Others answer in the server's place, with pages of HTML: see `delivery/answers.py`. */
export const isWordOfServer = (response) => !response.redirected && kindOf(response).endsWith('json');

/** Whether the server has said that it has done what was asked. */
export const isTaken = (response) => (response.status === 204 && !response.redirected)
  || (response.status === 200 && isWordOfServer(response));

/** What an answer says that is not a good one. */
export async function refusal(response) {
  if (response.type === 'opaqueredirect' || response.redirected) {
    return unreachable('the request was redirected to another address; is the learner signed in?');
  }
  if (response.ok) {
    return unreachable(`something else answered ${response.status} with ${kindOf(response) || 'no type'}`
      + '; a captive portal, a filter or a sign-in page does that');
  }
  const said = await response.json().catch(() => null);
  const { code = '', message = '', field = '' } = said?.error ?? {};
  return new TimebackError({
    code: 'REFUSED',
    message: message || `the server answered ${response.status}`,
    status: response.status,
    serverCode: code,
    field,
  });
}
