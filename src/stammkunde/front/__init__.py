"""
The web server: takes requests and gives answers without a thread that waits for the other side.

Heads and bodies are read, and answers sent, by one loop that bounds their size and their time; a thread works on a
request only once it is whole, and is free as soon as its answer is written, to memory or to disk. Files of people who
may bring some go straight to the thread of an upload, which are others than those of pages.
"""
