//! Health checks for the person who runs the service.
