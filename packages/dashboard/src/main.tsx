// Starts the page: session first, then the views.
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './styles/index.css';
import { queryClient } from './api/queries.js';
import { openSession } from './api/session.js';
import { applyTheme, chosenTheme } from './components/theme.js';
import { router } from './router.js';

applyTheme(chosenTheme());
// Where the exchange fails, the first request is refused and the views say what to do.
await openSession().catch(() => {});
createRoot(document.getElementById('page')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
