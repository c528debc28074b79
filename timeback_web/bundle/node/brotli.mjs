// node brotli.mjs JOBS: compress files with Brotli. JOBS is JSON: a list of [source, target].
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const compress = promisify(brotliCompress);

async function work([source, target]) {
  const content = await readFile(source);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  await writeFile(target, await compress(content, { params }));
}

// Each runs in a thread of Node's pool.
await Promise.all(JSON.parse(process.argv[2]).map(work));
