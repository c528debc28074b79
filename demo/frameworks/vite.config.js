import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const modules = here('../../timeback_web/js/');

/** The guide's React and Solid components end without an `export`; the files stay as they are. */
const exportComponent = {
  name: 'export-the-component-of-the-guide',
  enforce: 'pre',
  transform(code, id) {
    return id.endsWith('/ResumableLesson.tsx') ? `${code}\nexport { ResumableLesson };\n` : null;
  },
};

export default defineConfig({
  base: '/frameworks/',
  plugins: [
    exportComponent,
    react({ include: /\/src\/react\// }),
    solid({ include: /\/src\/solid\// }),
    svelte(),
    vue(),
  ],
  resolve: {
    // What an app changes to keep its components: where the client comes from.
    alias: [
      { find: /^@timeback\/sdk$/, replacement: `${modules}core.js` },
      { find: /^@timeback\/sdk\/(react|vue|svelte|solid)$/, replacement: `${modules}$1.js` },
    ],
    // The modules lie outside of this folder, and are to use its frameworks.
    dedupe: ['react', 'vue', 'svelte', 'solid-js'],
  },
  build: {
    outDir: here('../../.demo/frameworks'),
    emptyOutDir: true,
    rolldownOptions: { input: readdirSync(here('.')).filter((name) => name.endsWith('.html')) },
  },
});
