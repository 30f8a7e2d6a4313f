"""The icon in the desktop's tray, in a process of its own: it shows what the agent says, no more.

It talks to the agent process by the control socket alone and ends with it. Where the desktop has
no tray it ends at once, quietly.
"""
