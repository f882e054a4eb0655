// Builds the page: hashed names, nothing inline, so that the server's content security policy can be strict.
import { defineConfig } from 'vite';

const target = process.env.GOLDILOCKS_SERVER ?? 'http://127.0.0.1:4653';

export default defineConfig({
  root: import.meta.dirname,
  esbuild: { jsx: 'automatic' },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 700 },
  // While developing, `goldilocks serve` answers; it takes requests of its own origin only.
  server: {
    proxy: {
      '/api': {
        target,
        changeOrigin: true,
        configure: (proxy) => proxy.on('proxyReq', (request) => request.setHeader('origin', target)),
      },
    },
  },
});
