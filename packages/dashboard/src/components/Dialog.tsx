// A button that opens a dialog, and a button that opens a menu.
import type { ReactNode } from 'react';
import { Dialog, DialogTrigger } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Menu, MenuItem, MenuTrigger } from 'react-aria-components/Menu';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { Popover } from 'react-aria-components/Popover';

interface DialogButtonProps {
  /** The button. */
  trigger: ReactNode;
  title: string;
  children: (close: () => void) => ReactNode;
}

export function DialogButton({ trigger, title, children }: DialogButtonProps) {
  return (
    <DialogTrigger>
      {trigger}
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog">
            {({ close }) => (
              <>
                <Heading slot="title">{title}</Heading>
                {children(close)}
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

export interface MenuEntry {
  id: string;
  label: string;
  disabled?: boolean;
}

interface MenuButtonProps {
  trigger: ReactNode;
  label: string;
  entries: readonly MenuEntry[];
  onAction?: (id: string) => void;
  /** With these the menu chooses instead of acts. */
  selection?: {
    mode: 'single' | 'multiple';
    selected: Iterable<string>;
    onChange: (selected: string[]) => void;
  };
}

export function MenuButton({ trigger, label, entries, onAction, selection }: MenuButtonProps) {
  const ids = entries.map(({ id }) => id);
  return (
    <MenuTrigger>
      {trigger}
      <Popover className="popover">
        <Menu
          aria-label={label}
          {...(onAction && { onAction: (key) => onAction(String(key)) })}
          {...(selection && {
            selectionMode: selection.mode,
            selectedKeys: selection.selected,
            onSelectionChange: (keys) => selection.onChange(keys === 'all' ? ids : [...keys].map(String)),
          })}
          disabledKeys={entries.filter(({ disabled }) => disabled).map(({ id }) => id)}
        >
          {entries.map(({ id, label: entry }) => (
            <MenuItem key={id} id={id} className="menu-item" textValue={entry}>
              {entry}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
