// The frame around every view.
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { connectionStore } from '../api/news.js';
import { moment } from '../format.js';
import { text } from '../text.js';
import { Button } from './Button.js';
import { MenuButton } from './Dialog.js';
import { Bowls, Icon } from './Icon.js';
import { applyTheme, type Theme, useTheme } from './theme.js';
import { Toasts } from './toasts.js';

export function Shell() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const first = useRef(path);
  useEffect(() => {
    // A new view begins at its top, for who reads it by keyboard or ear as well.
    if (first.current !== path) main.current?.focus({ preventScroll: true });
    first.current = path;
  }, [path]);
  return (
    <>
      <a className="skip" href="#main">
        {text.app.skip}
      </a>
      <header className="top">
        <div className="top-row">
          <Link to="/" className="brand" aria-label={text.app.name}>
            <Bowls />
            <span>{text.app.name}</span>
          </Link>
          <nav className="main-links" aria-label={text.app.nav}>
            <Link to="/" activeOptions={{ exact: true }}>
              {text.app.studies}
            </Link>
            <Link to="/start">{text.app.start}</Link>
          </nav>
          <ThemeMenu />
        </div>
        <StaleBar />
      </header>
      <main className="page" id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
      <Toasts />
    </>
  );
}

function ThemeMenu() {
  const { chosen } = useTheme();
  return (
    <MenuButton
      trigger={
        <Button look="quiet" title={text.app.theme}>
          <Icon name="theme" />
        </Button>
      }
      label={text.app.theme}
      entries={(['system', 'light', 'dark'] as const).map((id) => ({ id, label: text.app.themes[id] }))}
      selection={{
        mode: 'single',
        selected: [chosen],
        onChange: ([next]) => applyTheme((next as Theme | undefined) ?? 'system'),
      }}
    />
  );
}

/** Old data must not pass for new. */
function StaleBar() {
  const connection = useSyncExternalStore(connectionStore.subscribe, connectionStore.get);
  const shown = connection === 'lost' || connection === 'refused';
  return (
    <div role="status">
      {shown && (
        <p className="stale" style={{ maxWidth: 'none' }}>
          {connection === 'lost' ? text.app.lost(moment(connectionStore.since())) : text.app.refused}
        </p>
      )}
    </div>
  );
}

export function useTitle(...parts: string[]): void {
  const title = [...parts, text.app.name].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}

export function useNews(listen: (study: string | undefined) => () => void, study: string | undefined): void {
  useEffect(() => listen(study), [listen, study]);
}
