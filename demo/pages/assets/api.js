/** The server's answer was no, or there was none (`status` 0). */
export class ApiError extends Error {
  constructor(status, { code = 'UNREACHABLE', message = 'The server cannot be reached.' } = {}) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** JSON in, JSON out. */
export async function api(path, { method = 'GET', body } = {}) {
  const options = { method };
  if (body !== undefined) {
    options.headers = { 'Content-Type': 'application/json' };
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ApiError(0);
  }
  const data = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, data?.error);
  return data;
}
