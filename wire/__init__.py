"""What the agent and the server say to each other.

Events, the batch codec, the hash chain, policies, messages and errors. Nothing here imports the
agent, the detector or the server, and nothing here can hold a typed character.
"""
