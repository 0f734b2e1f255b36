"""Content stores: blocks by CID in Kubo or in a folder, and the private Kubo of the devnet."""
