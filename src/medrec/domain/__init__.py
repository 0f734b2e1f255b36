"""What MedRec speaks about: ids, categories, entries, calls and ports. Pure data, no I/O."""
