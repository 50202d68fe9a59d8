import type { IconButtonProps } from "@rjsf/utils"

/** The library's own buttons are glyphs of a font that is not here; words need no font. */
const worded = (word: string) =>
  function WordedButton({ onClick, disabled, id }: IconButtonProps) {
    return (
      <button type="button" id={id} className="button button-small" disabled={disabled} onClick={onClick}>
        {word}
      </button>
    )
  }

export const FORM_BUTTONS = {
  AddButton: worded("Add"),
  RemoveButton: worded("Remove"),
  CopyButton: worded("Copy"),
  MoveUpButton: worded("Up"),
  MoveDownButton: worded("Down"),
  ClearButton: worded("Clear"),
}
