"""A Tk window to paste into: by key, by middle click, or by the only entry of its menu.

Run by Debian's Python. It prints the length of its text when it is on the screen and whenever that
changes, and "menu" when its menu is open.
"""

import sys
import tkinter as tk


def main() -> None:
    root = tk.Tk()
    root.title(sys.argv[1])
    root.geometry("400x300+20+40")
    text = tk.Text(root)
    text.pack(fill="both", expand=True)
    menu = tk.Menu(root, tearoff=0)
    menu.add_command(label="Paste", command=lambda: text.event_generate("<<Paste>>"))
    menu.bind("<Map>", lambda _event: root.after(50, lambda: print("menu", flush=True)))
    text.bind("<Button-3>", lambda event: menu.tk_popup(event.x_root, event.y_root))
    said = [-1]

    def look() -> None:
        length = len(text.get("1.0", "end-1c"))
        if text.winfo_viewable() and length != said[0]:
            said[0] = length
            print(length, flush=True)
        root.after(20, look)

    text.focus_set()
    look()
    root.mainloop()


if __name__ == "__main__":
    main()
