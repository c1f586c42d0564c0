"""What make and the build use; nothing here is part of the product."""
