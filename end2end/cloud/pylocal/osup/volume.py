"""Cinder's FakeLoggingVolumeDriver, which has no disks, and would need root to copy an image onto one that it has not.

A volume of an image is there at once; what the image unpacks to must fit, as Cinder itself checks before it copies.
"""
from cinder.image import image_utils
from cinder.tests import fake_driver


class FakeDriver(fake_driver.FakeLoggingVolumeDriver):
    def clone_image(self, context, volume, image_location, image_meta, image_service):
        image_utils.check_virtual_size(image_meta.get('virtual_size') or 0, volume.size, image_meta['id'])
        return {}, True
