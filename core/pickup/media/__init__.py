"""Everything that opens, decodes or writes picture and sound; nothing else in Pickup does."""
